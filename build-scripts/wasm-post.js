// Put inside the generated glue: the memory object, whose buffer is current even when another thread made it grow.
Module["memory"] = () => wasmMemory;
