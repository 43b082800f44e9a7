//! Does what a desktop asks over the serial port, in i16.
#![no_std]
#![no_main]

apical_board_qemu::link!(apical_core::I16, "i16");
