//! Counts the course of `apical_core::I8`.
#![no_std]
#![no_main]

apical_board_bench::own!(apical_core::I8);
