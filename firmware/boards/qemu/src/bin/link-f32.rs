//! Does what a desktop asks over the serial port, in f32.
#![no_std]
#![no_main]

apical_board_qemu::link!(apical_core::F32, "f32");
