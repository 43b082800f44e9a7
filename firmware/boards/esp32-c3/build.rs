//! Tells the linker which scripts to follow; the memory map is the HAL's.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // defmt's before the HAL's, which has to be the last.
    for script in ["-Tdefmt.x", "-Tlinkall.x"] {
        println!("cargo:rustc-link-arg-bins={script}");
    }
}
