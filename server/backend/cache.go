package backend

import (
	"sync"
	"sync/atomic"
)

const cacheShards = 64

// cache is a bounded map beside a store with snapshots. A line is right for
// every snapshot from the generation on at which it was put in, as long as it
// is there: a writer drops the lines that its changes make wrong before those
// changes can be seen, and from then on the shard takes no line from a
// snapshot older than the change. So no reader sees a line newer or older than
// its snapshot. Lines that were not used since the hand last passed go first.
type cache[K comparable, V any] struct {
	hash   func(K) uint64
	shards [cacheShards]cacheShard[K, V]
}

type cacheShard[K comparable, V any] struct {
	mu    sync.RWMutex
	lines map[K]*cacheLine[K, V]
	ring  []*cacheLine[K, V]
	hand  int
	cost  int
	max   int
	floor uint64 // lines of older generations are not taken
	_     [64]byte
}

type cacheLine[K comparable, V any] struct {
	key  K
	val  V
	from uint64
	cost int
	at   int // in ring
	used atomic.Bool
}

// newCache makes a cache for lines that cost no more than max together.
func newCache[K comparable, V any](max int, hash func(K) uint64) *cache[K, V] {
	c := &cache[K, V]{hash: hash}
	for i := range c.shards {
		c.shards[i].lines = map[K]*cacheLine[K, V]{}
		c.shards[i].max = max / cacheShards
	}
	return c
}

func (c *cache[K, V]) shard(k K) *cacheShard[K, V] { return &c.shards[c.hash(k)%cacheShards] }

// get finds what the snapshot of generation gen has under k.
func (c *cache[K, V]) get(k K, gen uint64) (v V, ok bool) {
	s := c.shard(k)
	s.mu.RLock()
	if l := s.lines[k]; l != nil && l.from <= gen {
		v, ok = l.val, true
		if !l.used.Load() {
			l.used.Store(true)
		}
	}
	s.mu.RUnlock()
	return v, ok
}

// put offers what the snapshot of generation gen has under k. Others make room
// for it when it is wanted, else it is taken only where there is room.
func (c *cache[K, V]) put(k K, v V, gen uint64, cost int, wanted bool) {
	s := c.shard(k)
	if cost > s.max/4 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if gen < s.floor || !wanted && s.cost+cost > s.max {
		return
	}
	if l := s.lines[k]; l != nil {
		if l.from > gen {
			return
		}
		s.remove(l)
	}
	for s.cost+cost > s.max && len(s.ring) > 0 {
		s.evict()
	}
	l := &cacheLine[K, V]{key: k, val: v, from: gen, cost: cost, at: len(s.ring)}
	s.lines[k] = l
	s.ring = append(s.ring, l)
	s.cost += cost
}

func (s *cacheShard[K, V]) evict() {
	for {
		if s.hand >= len(s.ring) {
			s.hand = 0
		}
		l := s.ring[s.hand]
		if !l.used.Swap(false) {
			s.remove(l)
			return
		}
		s.hand++
	}
}

func (s *cacheShard[K, V]) remove(l *cacheLine[K, V]) {
	last := len(s.ring) - 1
	s.ring[l.at] = s.ring[last]
	s.ring[l.at].at = l.at
	s.ring[last] = nil
	s.ring = s.ring[:last]
	s.cost -= l.cost
	delete(s.lines, l.key)
}

// drop forgets k, which changes with generation gen.
func (c *cache[K, V]) drop(k K, gen uint64) {
	s := c.shard(k)
	s.mu.Lock()
	s.floor = max(s.floor, gen)
	if l := s.lines[k]; l != nil {
		s.remove(l)
	}
	s.mu.Unlock()
}

// dropAll forgets everything, since anything may change with generation gen.
func (c *cache[K, V]) dropAll(gen uint64) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.floor = max(s.floor, gen)
		clear(s.lines)
		clear(s.ring)
		s.ring, s.hand, s.cost = s.ring[:0], 0, 0
		s.mu.Unlock()
	}
}
