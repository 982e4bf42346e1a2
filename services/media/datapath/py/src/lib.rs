//! The Python module `sipulung_datapath`.

use pyo3::prelude::*;

#[pymodule]
fn sipulung_datapath(_module: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
