//! Does what a desktop asks over the serial port, in i16, with room for images of 28 x 28 pixels and
//! a hidden layer of 100.
#![no_std]
#![no_main]

apical_board_qemu::link!(
    apical_asm::I16,
    "i16",
    apical_board_qemu::link::LARGE,
    apical_board_qemu::link::LARGE.storage(),
    2048,
    784,
    10
);
