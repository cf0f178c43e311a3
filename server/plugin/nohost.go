package plugin

import "libslapi/server/filter"

// NoHost is the Host of a server without plug-ins.
type NoHost struct{}

func (NoHost) Listens(Point, string) bool    { return false }
func (NoHost) AnyListener(Kind) bool         { return false }
func (NoHost) Run(Point, *Operation) Outcome { return Outcome{} }
func (NoHost) ExtendedOIDs() []string        { return nil }
func (NoHost) RunExtended(*Operation) bool   { return false }
func (NoHost) Matcher(string, string, []byte, bool) (filter.Matcher, error) {
	return nil, nil
}
func (NoHost) PasswordScheme(string) PasswordScheme { return nil }
func (NoHost) PasswordSchemes() []string            { return nil }
func (NoHost) OperationDone(*Operation)             {}
func (NoHost) ConnectionDone(*Conn)                 {}

var _ Host = NoHost{}
