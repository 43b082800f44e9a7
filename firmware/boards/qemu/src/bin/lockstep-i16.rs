//! Learns the digits in i16 and tells the digest of the state as it goes.
#![no_std]
#![no_main]

apical_board_qemu::lockstep!(apical_asm::I16);
