package plugin

import (
	"context"

	"libslapi/server/backend"
	"libslapi/server/dn"
)

// DatabaseSpec is a database that a plug-in of type "database" serves.
type DatabaseSpec struct {
	Name, Type string
	Suffixes   []dn.Name
	ReadOnly   bool
	File       string         // of the configuration
	Lines      []DatabaseLine // those that are the plug-in's to read
}

// DatabaseLine is a line of a database's section.
type DatabaseLine struct {
	Number int
	Words  []string
}

// DatabaseHost is an ability of a Host: databases that plug-ins serve. Load has
// been called; OpenDatabase configures and starts the plug-in.
type DatabaseHost interface {
	OpenDatabase(spec DatabaseSpec) (backend.Backend, error)
}

// OperationBackend is an ability of a database: it is told which operation its
// views and transactions are for. op may be nil.
type OperationBackend interface {
	ViewFor(ctx context.Context, op *Operation) (backend.View, error)
	BeginFor(ctx context.Context, op *Operation) (backend.Txn, error)
}

// WholeBackend is an ability of a database: it may do some operations itself.
type WholeBackend interface {
	// Handles tells whether Handle does the operations of a kind: bind, compare,
	// abandon, unbind.
	Handles(k Kind) bool
	// Handle does a bind, compare, abandon or unbind. After a bind that
	// succeeded, op.Bind.BoundDN is who the client is now; nil: the target.
	Handle(op *Operation) error
	// ChecksAccess tells that the server is to check no access here.
	ChecksAccess() bool
}
