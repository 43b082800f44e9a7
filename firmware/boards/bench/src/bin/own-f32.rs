//! Counts the course of `apical_core::F32`.
#![no_std]
#![no_main]

apical_board_bench::own!(apical_core::F32);
