//! Puts the memory map of one machine, and the C kernels to compare with, where the linker looks.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=memory");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=APICAL_MACHINE");
    println!("cargo:rerun-if-env-changed=APICAL_CMSIS");

    // Set by `cargo xtask bench-mcu`. Without a machine, as for clippy, nothing is linked.
    let Ok(machine) = env::var("APICAL_MACHINE") else {
        return;
    };
    println!("cargo:rustc-env=APICAL_MACHINE={machine}");
    let map = format!("memory/{machine}.x");
    let text = fs::read(&map)
        .unwrap_or_else(|error| panic!("APICAL_MACHINE={machine}: cannot read {map}: {error}"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), text).expect("OUT_DIR can be written");
    println!("cargo:rustc-link-search={}", out.display());
    if env::var("TARGET").is_ok_and(|target| target.starts_with("riscv")) {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=--nmagic");
    if let Ok(files) = env::var("APICAL_CMSIS") {
        for file in files.split(' ') {
            println!("cargo:rerun-if-changed={file}");
            println!("cargo:rustc-link-arg-bin=cmsis-dsp={file}");
        }
    }
}
