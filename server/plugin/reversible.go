package plugin

// ReversibleHost is implemented by a Host with plug-ins that keep secrets in a
// form which the server can turn back (389's reversible password storage
// schemes): credentials with which it binds to other servers.
type ReversibleHost interface {
	// ReversibleAttrs are the attributes whose values are kept so. Cheap.
	ReversibleAttrs() []string
	// EncodeReversible gives the value to store in the place of a clear one; ok
	// is false when the value is to be stored as it is.
	EncodeReversible(attr, value string) (stored string, ok bool)
}
