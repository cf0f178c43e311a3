package main

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"strings"

	"libslapi/server/plugin"
)

// object is what the file of a plug-in tells before it is loaded.
type object struct {
	needed  []string // DT_NEEDED
	runpath string
	imports []string // undefined functions and variables that are not weak
	plain   []string // those of imports without a version: no loaded library has vouched for them
}

// readObject reads the dynamic section of an ELF file.
func readObject(path string) (*object, error) {
	f, err := elf.Open(path)
	var bad *elf.FormatError
	if errors.As(err, &bad) || errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it is no shared object (%w)", err)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Type != elf.ET_DYN {
		return nil, errors.New("it is no shared object")
	}
	o := &object{}
	if o.needed, err = f.ImportedLibraries(); err != nil {
		return nil, err
	}
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		if s, err := f.DynString(tag); err == nil && len(s) > 0 {
			o.runpath = s[0]
			break
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF || s.Name == "" || elf.ST_BIND(s.Info) == elf.STB_WEAK {
			continue
		}
		o.imports = append(o.imports, s.Name)
		if s.Version == "" {
			o.plain = append(o.plain, s.Name)
		}
	}
	return o, nil
}

// dialect decides which header a plug-in was built against: by the library
// that it names, by the functions that it calls, by its surroundings. from389
// is how it was configured, which decides when the file says nothing.
func (o *object) dialect(from389 bool) plugin.Dialect {
	for _, lib := range o.needed {
		switch {
		case strings.HasPrefix(lib, "libslapd.so"):
			return plugin.Dialect389
		case strings.HasPrefix(lib, "libslapi-2."):
			return plugin.DialectOpenLDAP
		}
	}
	var ds389, openldap, ibm int
	for _, name := range o.imports {
		switch {
		case openldapOnly[name]:
			openldap++
		case ibmOnly[name]:
			ibm++
		case strings.HasPrefix(name, "slapi_") && !sharedNames[name]:
			ds389++
		}
	}
	switch {
	case ibm > 0:
		return plugin.DialectIBM
	case ds389 > openldap:
		return plugin.Dialect389
	case openldap > 0:
		return plugin.DialectOpenLDAP
	}
	for _, lib := range o.needed {
		if strings.HasPrefix(lib, "libnspr4.so") || strings.HasPrefix(lib, "libplc4.so") {
			return plugin.Dialect389
		}
	}
	if strings.HasSuffix(strings.TrimRight(o.runpath, "/"), "/dirsrv") || from389 {
		return plugin.Dialect389
	}
	return plugin.DialectOpenLDAP
}
