package operation

import (
	"log/slog"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func lower(s string) string { return strings.ToLower(s) }

// Databases lists the databases in configuration order, then the server's own.
func (s *Server) Databases() []plugin.DatabaseInfo {
	var out []plugin.DatabaseInfo
	list := append([]*Database{}, s.dbs.Load().list...)
	for _, db := range append(list, s.subschema.db, s.rootDSE.db) {
		info := plugin.DatabaseInfo{Name: db.Name(), Type: db.Backend.Type(), ReadOnly: db.ReadOnly, RootDN: db.RootDN.Norm,
			Private: db.Private || db == s.subschema.db || db == s.rootDSE.db}
		if info.RootDN == "" {
			info.RootDN = s.opts().RootDN.Norm
		}
		for _, n := range db.Backend.Suffixes() {
			info.Suffixes = append(info.Suffixes, n.Pretty)
		}
		out = append(out, info)
	}
	return out
}

// Database gives the settings of a database by name; nil when there is none.
func (s *Server) Database(name string) *Database { return s.databaseNamed(name) }

// DatabaseFor names the database that holds a normal-form name; "" when none does.
func (s *Server) DatabaseFor(norm string) string {
	if db := s.database(norm); db != nil {
		return db.Name()
	}
	return ""
}

// RegisterSASLMechanism adds to supportedSASLMechanisms.
func (s *Server) RegisterSASLMechanism(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, have := range s.saslNames {
		if have == name {
			return
		}
	}
	s.saslNames = append(s.saslNames, name)
}

// CheckSchema checks an entry as an add would.
func (s *Server) CheckSchema(e *entry.Entry) *wire.Error { return s.checkSchema(e, nil) }

// ShuttingDown tells whether Shutdown was called.
func (s *Server) ShuttingDown() bool { return s.closing.Load() }

// Setting reads an attribute of cn=config, "" when absent.
func (s *Server) Setting(attr string) string {
	if s.opts().Setting == nil {
		return ""
	}
	return s.opts().Setting(attr)
}

// SLAPI_LOG_* levels that both dialects share: 0 fatal or error, 1 trace, 2
// packets, 3 arguments, ... Everything above 0 is detail.
const slapiLogFatal = 0

// Log writes one line of a plug-in to the log.
func (s *Server) Log(level int, subsystem, message string) {
	message = strings.TrimRight(message, "\n")
	if s.opts().PluginLog != nil {
		s.opts().PluginLog(level, subsystem, message)
		return
	}
	lv := slog.LevelInfo
	if level <= slapiLogFatal {
		lv = slog.LevelError
	}
	s.log.Log(nil, lv, message, "subsystem", subsystem, "level", level)
}

// LogEnabled tells whether lines of a SLAPI_LOG_* level are written for
// plug-ins of a dialect.
func (s *Server) LogEnabled(level int, dialect plugin.Dialect) bool {
	if s.opts().PluginLogEnabled != nil {
		return s.opts().PluginLogEnabled(level, dialect)
	}
	return true
}

// ConfigCallback calls cb for operations on the configuration tree, the root
// DSE and the subschema entry. remove takes it away again.
func (s *Server) ConfigCallback(cb *plugin.ConfigCallback) (remove func(), err error) {
	if cb.Filter != nil {
		if err := cb.Filter.Resolve(s.Schema(), nil); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := append(append([]*plugin.ConfigCallback{}, *s.callbacks.Load()...), cb)
	s.callbacks.Store(&list)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		var rest []*plugin.ConfigCallback
		for _, have := range *s.callbacks.Load() {
			if have != cb {
				rest = append(rest, have)
			}
		}
		s.callbacks.Store(&rest)
	}, nil
}

// ParseName is Name for callers that want the error as a result.
func (s *Server) ParseName(text string) (dn.Name, *wire.Error) {
	n, err := s.Name(text)
	if err != nil {
		return n, wire.Errorf(wire.InvalidDNSyntax, "invalid DN")
	}
	return n, nil
}
