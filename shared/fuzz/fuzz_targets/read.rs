#![no_main]

use shared::domain::alert::{read, redact};

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    let _ = read(body);
    let _ = redact(body);
});
