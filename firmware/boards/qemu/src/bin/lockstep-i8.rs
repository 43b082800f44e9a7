//! Learns the digits in i8 and tells the digest of the state as it goes.
#![no_std]
#![no_main]

apical_board_qemu::lockstep!(apical_core::I8);
