//! How deep the stack has been: what lies below it is painted, and later looked at.
//!
//! One of the three modules with `unsafe`, beside `uart` and `command_line`: the linker's symbols and
//! the memory between them are not Rust's.

use core::ptr;

/// A word that no ordinary value is likely to be.
const PAINT: u32 = 0xcccc_cccc;

/// Below the place where painting stands, room for its own frame.
const MARGIN: usize = 256;

unsafe extern "C" {
    /// The end of the static variables. There is no heap, so the stack may grow down to here.
    static __sheap: u32;
    /// One past the highest word of the stack, which begins here.
    static _stack_start: u32;
}

/// Bytes of the stack.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// The deepest it has been since [`paint`], from its very beginning.
    pub used: usize,
    /// All that the static variables leave.
    pub room: usize,
}

/// Paints everything below the caller's frame.
#[inline(never)]
pub fn paint() {
    let here = 0_u32;
    let top = ptr::addr_of!(here).addr().saturating_sub(MARGIN);
    let mut place = bottom();
    while place.addr() < top {
        // SAFETY: between the end of the statics and the frames in use nothing lives.
        unsafe { place.write_volatile(PAINT) };
        place = place.wrapping_add(1);
    }
}

/// Finds the lowest word that is not paint any more.
#[inline(never)]
pub fn depth() -> Depth {
    let start = ptr::addr_of!(_stack_start).addr();
    let mut place = bottom();
    // SAFETY: aligned words of RAM, in a region the linker gave to the stack.
    while place.addr() < start && unsafe { place.read_volatile() } == PAINT {
        place = place.wrapping_add(1);
    }
    Depth {
        used: start.saturating_sub(place.addr()),
        room: start.saturating_sub(bottom().addr()),
    }
}

fn bottom() -> *mut u32 {
    // The linker aligns the symbol to a word.
    ptr::addr_of!(__sheap).cast_mut()
}
