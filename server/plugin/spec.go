package plugin

import "libslapi/server/entry"

// Dialect of a plug-in binary.
type Dialect int

const (
	DialectAuto     Dialect = 0 // decide from the binary and the kind of configuration
	DialectOpenLDAP Dialect = 1
	Dialect389      Dialect = 2
	DialectIBM      Dialect = 3
)

// OnFailure says what a plug-in that cannot be loaded or started means.
type OnFailure int

const (
	Required OnFailure = iota // the server does not start
	Optional                  // logged, the server goes on without it
	Off                       // not loaded at all
)

// Spec is a plug-in as configured, from a "plugin" line or from a 389 entry.
type Spec struct {
	Name      string // the cn of a 389 entry; type:library:init of a line
	Type      string // lower case: preoperation, betxnpostoperation, ...
	Path      string // library file, resolved
	Init      string // init function
	Args      []string
	Dialect   Dialect
	OnFailure OnFailure
	Enabled   bool
	Database  string // name of the database it belongs to, "" global
	// Entry is the plug-in's entry in cn=config. From389 tells that it was
	// configured as a 389 entry.
	Entry               *entry.Entry
	From389             bool
	Precedence          int // 1 (first) to 99, default 50
	DependsOnType       []string
	DependsOnNamed      []string
	LoadGlobal, LoadNow bool
	Where               string // file and line, for messages
}
