//! What is in a linked image: bytes of flash, bytes of RAM, and names that must not be there.
//!
//! The linker has thrown away what nothing reaches. So a name that is not in the image cannot be
//! reached in it, and no walk through its calls is needed.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind, elf};

use crate::reach::demangled;
use crate::symbols::is_panic_machinery;

/// Where a part's RAM is.
pub(crate) type Ram = Range<u64>;

/// A linked image.
#[derive(Debug)]
pub(crate) struct Linked {
    bytes: Vec<u8>,
}

/// What an image takes of a part, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Code, constants and the first values of variables.
    pub(crate) flash: u64,
    /// Variables, and code that runs in RAM; without the stack.
    pub(crate) ram: u64,
}

impl Linked {
    /// Reads an ELF file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        object::File::parse(&*bytes)
            .with_context(|| format!("{} is no ELF file", path.display()))?;
        Ok(Self { bytes })
    }

    /// Sums up the sections.
    pub(crate) fn size(&self, ram: &[Ram]) -> Result<Size> {
        let mut size = Size { flash: 0, ram: 0 };
        for section in object::File::parse(&*self.bytes)?.sections() {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
                continue;
            };
            let name = section.name()?;
            // What riscv-rt and esp-hal call sections of these names is the rest of the RAM.
            let rest = name.starts_with(".stack") || name.starts_with(".heap");
            if sh_flags.0 & elf::SHF_ALLOC.0 == 0 || rest {
                continue;
            }
            // In the file is what has to be in flash, even if it is copied to RAM at start.
            if section.file_range().is_some() {
                size.flash += section.size();
            }
            if ram.iter().any(|ram| ram.contains(&section.address())) {
                size.ram += section.size();
            }
        }
        Ok(size)
    }

    /// The functions in it that panic, format or allocate, by name.
    pub(crate) fn unwanted(&self) -> Result<Vec<String>> {
        let file = object::File::parse(&*self.bytes)?;
        let mut names = BTreeSet::new();
        let mut functions = 0_usize;
        // Functions of the image: not those of a boot ROM, which are bare addresses, nor the
        // texts of logs, which are names without code.
        let own = file
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.section_index().is_some());
        for symbol in own {
            functions += 1;
            let name = demangled(symbol.name()?);
            if is_panic_machinery(&name) || is_heap(&name) {
                names.insert(name);
            }
        }
        if functions == 0 {
            bail!("the image has no names of functions: nothing can be shown of it");
        }
        Ok(names.into_iter().collect())
    }
}

/// By name: Rust's allocator and C's.
fn is_heap(name: &str) -> bool {
    [
        "__rust_alloc",
        "__rust_realloc",
        "__rust_dealloc",
        "__rg_alloc",
        "__rdl_alloc",
    ]
    .iter()
    .any(|heap| name.contains(heap))
        || matches!(name, "malloc" | "realloc" | "free")
        || name.starts_with("alloc::alloc")
}

/// Length of FLASH and place of RAM in a linker script.
pub(crate) fn memory_map(script: &str) -> Result<(u64, Ram)> {
    let region = |name: &str| {
        let line = script
            .lines()
            .map(str::trim)
            .find(|line| line.split([' ', ':']).next() == Some(name));
        let value = |key: &str| {
            let (_, rest) = line?.split_once(key)?;
            let rest = rest.trim_start().strip_prefix('=')?.trim();
            number(rest.split([',', ' ']).next()?)
        };
        let (origin, length) = (value("ORIGIN"), value("LENGTH"));
        origin
            .zip(length)
            .with_context(|| format!("the linker script has no {name} : ORIGIN = .., LENGTH = .."))
    };
    let (_, flash) = region("FLASH")?;
    let (start, ram) = region("RAM")?;
    Ok((flash, start..start + ram))
}

/// `0x20000000`, `256K`, `4M` or `1024`.
fn number(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(&digits.replace('_', ""), 16).ok();
    }
    let (digits, unit) = match text.strip_suffix('K') {
        Some(digits) => (digits, 1 << 10),
        None => text
            .strip_suffix('M')
            .map_or((text, 1), |digits| (digits, 1 << 20)),
    };
    Some(digits.parse::<u64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::{is_heap, memory_map};

    #[test]
    fn a_linker_script_is_understood() {
        let script = "/* RAM */\nMEMORY\n{\n  FLASH : ORIGIN = 0x08000000, LENGTH = 512K\n  \
                      RAM   : ORIGIN = 0x20000000, LENGTH = 128K\n}\n";
        assert_eq!(
            memory_map(script).unwrap(),
            (512 << 10, 0x2000_0000..0x2002_0000)
        );
        assert!(memory_map("MEMORY {}").is_err());
    }

    #[test]
    fn allocators_are_known_by_name() {
        assert!(is_heap("__rustc::__rust_alloc") && is_heap("malloc"));
        assert!(!is_heap("apical_app::arena::Arena::lend"));
    }
}
