//! Counts the course of `apical_asm::I16`.
#![no_std]
#![no_main]

apical_board_bench::own!(apical_asm::I16);
