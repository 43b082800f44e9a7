//! Does what a desktop asks over the serial port, in i8.
#![no_std]
#![no_main]

apical_board_qemu::link!(apical_core::I8, "i8");
