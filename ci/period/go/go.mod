module interop/period

go 1.19
