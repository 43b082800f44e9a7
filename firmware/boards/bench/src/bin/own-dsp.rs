//! Counts the course of `apical_dsp::I16`.
#![no_std]
#![no_main]

apical_board_bench::own!(apical_dsp::I16);
