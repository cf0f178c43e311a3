// Package main of libslapi is the C face of the directory server: the exported
// SLAPI functions whose meaning needs Go, and the in-process plug-in host. It
// translates; rules of the directory live under server/.
package main

func main() {}
