// Package daemon puts a server together: it reads the configuration, opens the
// databases, starts the plug-in host and the listeners, and stops all of them
// again. It holds the command lines of slapid and of its tools.
package daemon

import (
	"log/slog"

	"libslapi/server/plugin"
	"libslapi/server/schema"
)

// HostController is a plug-in host as the daemon drives it: Load, Start, Close,
// each called once, in this order, on one goroutine. Between Load and Start the
// databases come into service.
type HostController interface {
	plugin.Host
	// Load opens the libraries and calls the init functions of the specs in
	// the order given (plugin.Order has been applied). Specs whose OnFailure is
	// Off or that are not Enabled are skipped. The error names the plug-in, its
	// file, the symbol and the value returned, whichever apply; Load goes on
	// past failures of optional plug-ins (logged). When several required ones
	// fail, the error is errors.Join of all of them, one line each.
	Load(specs []plugin.Spec) error
	// Start calls the start functions, in the order of the dependencies. The
	// server is ready for internal operations.
	Start(services plugin.Services) error
	// Close calls the close functions in the reverse order. It is called also
	// when Load or Start failed.
	Close()
}

// DynamicHost is implemented by a host that can start and stop one plug-in
// while the server runs (nsslapd-dynamic-plugins).
type DynamicHost interface {
	// StartPlugin loads and starts one plug-in; StopPlugin closes it by the
	// name of its Spec.
	StartPlugin(spec plugin.Spec) error
	StopPlugin(name string) error
}

// HostOptions is what a host is made with.
type HostOptions struct {
	Log *slog.Logger
	// Services may be kept: Schema, Setting, Log, LogEnabled, RegisterControl,
	// RegisterSASLMechanism, ConfigCallback, CheckPassword and HashPassword work
	// during Load; all of it from Start on.
	Services plugin.Services
	// PluginLog is the file of the pluginlog directive, "" when it has none.
	PluginLog string
	// Schema gives the schema in force.
	Schema func() *schema.Schema
	// Default is the dialect to take for a plug-in whose binary does not show
	// one: Dialect389 under "compat 389ds", else DialectOpenLDAP.
	Default plugin.Dialect
	// ConfigDir is the directory that SLAPI_CONFIG_DIRECTORY shows.
	ConfigDir string
	// PluginDirs are the folders in which relative plug-in paths are looked up.
	PluginDirs []string
	// Argv is the command line of the server (SLAPI_ARGC, SLAPI_ARGV).
	Argv []string
	// Test is set by slaptest: plug-ins are loaded, not started.
	Test bool
}

// Hooks connects the pure Go server with what only the C side can give.
type Hooks struct {
	// NewHost makes the plug-in host; nil means that there are no plug-ins (a
	// configuration that names one is then refused).
	NewHost func(HostOptions) (HostController, error)
	// Crypt is crypt(3) for {CRYPT} passwords; nil leaves the scheme out. It
	// returns "" for a setting that it does not know.
	Crypt func(key, setting string) string
	// Started is called when the listeners are open, Stopping at the begin of
	// an orderly stop. Either may be nil.
	Started  func(*Daemon)
	Stopping func(*Daemon)
}
