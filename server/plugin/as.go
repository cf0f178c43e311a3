package plugin

// Wrapper is a Host that stands before another one.
type Wrapper interface {
	// Unwrap is the Host behind it.
	Unwrap() Host
}

// As finds an optional interface of a Host, its own or that of a Host behind it.
func As[T any](h Host) (T, bool) {
	for {
		if t, ok := h.(T); ok {
			return t, true
		}
		w, ok := h.(Wrapper)
		if !ok {
			var none T
			return none, false
		}
		h = w.Unwrap()
	}
}
