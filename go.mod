module libslapi

go 1.26
