package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Errors of Open that a caller tells apart.
var (
	// ErrLocked: another process has the file open.
	ErrLocked = errors.New("another process is using this store")
	// ErrNewer: a later version of Maalem wrote the file.
	ErrNewer = errors.New("store was written by a newer version")
	// ErrForeign: the file is something else than a store of Maalem.
	ErrForeign = errors.New("not a store of Maalem")
)

// ErrClosed is what calls on a closed store get.
var ErrClosed = errors.New("store is closed")

const (
	// lockWait is how long Open waits for the file's lock. It only bridges the
	// moment in which a process that was just stopped lets go.
	lockWait = 100 * time.Millisecond
	// bigMap is the address space reserved for the file (64-bit machines). bbolt
	// remaps when the file outgrows its map, waits for every reader to do so, and
	// holds the writer meanwhile: one slow reader froze all turns.
	bigMap = 16 << 30
	// growStep is by how much the file grows; it is sparse until written.
	growStep = 16 << 20
)

var (
	bucketMeta    = []byte("meta")
	bucketRecords = []byte("records")
	bucketSeen    = []byte("seen")
	bucketOutbox  = []byte("outbox")
	bucketTimers  = []byte("timers")
	bucketClaims  = []byte("claims")
	bucketHistory = []byte("history")
	bucketLogs    = []byte("logs")
	bucketTallies = []byte("tallies")
	bucketFacets  = []byte("facets")
	bucketOwned   = []byte("owned")
	bucketUnsure  = []byte("unsure")
	bucketPeople  = []byte("people")
	bucketLists   = []byte("lists")
)

func allBuckets() [][]byte {
	return [][]byte{bucketMeta, bucketRecords, bucketSeen, bucketOutbox, bucketTimers,
		bucketClaims, bucketHistory, bucketLogs, bucketTallies, bucketFacets, bucketOwned, bucketUnsure, bucketPeople, bucketLists}
}

// Rows of the meta bucket.
var (
	metaFormat    = []byte("format")
	metaMigrating = []byte("migrating")
	metaBorn      = []byte("born")
	metaHeld      = []byte("held")
	metaErased    = []byte("erased")
	metaOrdinal   = []byte("ordinal")
	metaProbe     = []byte("probe")
)

// Options of Open. The zero value is right for a program.
type Options struct {
	// Now is the clock for what the store itself dates: leases, sweeps, the time
	// of an outgoing row. nil = time.Now.
	Now func() time.Time
	// Log gets what an operator should see. nil = nothing.
	Log *slog.Logger
	// Erased is the path of the list of erasures; empty = beside the file, ".erased".
	Erased string
}

// Store is an open file. Its methods may be called from many goroutines.
type Store struct {
	db   *bbolt.DB
	path string
	now  func() time.Time
	log  *slog.Logger

	jobs    chan *job
	settled settlements
	stop    chan struct{} // closed by Close: finish what is queued and end
	done    sync.WaitGroup
	closing sync.RWMutex // held for reading by whoever hands work to the committer
	closed  bool

	names     names
	outbox    *lanes
	erasures  *erasures
	heldSince atomic.Pointer[time.Time]
	readers   readers
	health    health
	figures   figures
}

// Open opens or creates the file at path, mode 0600 and
// starts the committer. The caller closes the store.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	s := &Store{
		path: path, now: opts.Now, log: opts.Log,
		jobs: make(chan *job, jobQueue),
		stop: make(chan struct{}),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.settled.kick = make(chan struct{}, 1)
	db, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s.db = db
	removeTemps(path)
	if opts.Erased == "" {
		opts.Erased = path + ".erased"
	}
	if s.erasures, err = openErasures(opts.Erased, s.log); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := guard(s.begin); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.erasures.close(), db.Close())
	}
	s.done.Add(2)
	go s.runCommitter()
	go s.runSweeper()
	return s, nil
}

// openFile opens the bbolt file with the largest map that the system grants. A file
// whose name went to another one while we waited for its lock (a compaction or a
// restore puts a new file in place) is let go, and the new one taken.
func openFile(path string) (*bbolt.DB, error) {
	if err := whole(path); err != nil {
		return nil, err
	}
	prefetch(path)
	for {
		var opened *os.File
		db, err := openMapped(path, func(name string, flag int, mode os.FileMode) (*os.File, error) {
			var err error
			opened, err = os.OpenFile(name, flag, mode)
			return opened, err
		})
		if err != nil {
			if errors.Is(err, ErrDamaged) {
				err = errors.Join(err, opened.Close()) // with its lock
			}
			return nil, err
		}
		got, err := opened.Stat()
		if err == nil {
			var named os.FileInfo
			if named, err = os.Stat(path); err == nil && os.SameFile(got, named) {
				return db, nil
			}
		}
		if err = errors.Join(err, db.Close()); err != nil {
			return nil, err
		}
	}
}

func openMapped(path string, open func(string, int, os.FileMode) (*os.File, error)) (*bbolt.DB, error) {
	size := bigMap
	if strconv.IntSize == 32 {
		size = 512 << 20
	}
	for {
		var db *bbolt.DB
		err := guard(func() (err error) {
			db, err = bbolt.Open(path, 0o600, &bbolt.Options{
				Timeout:         lockWait,
				NoFreelistSync:  true,
				FreelistType:    bbolt.FreelistMapType,
				InitialMmapSize: size,
				OpenFile:        open,
			})
			return err
		})
		switch {
		case err == nil:
			db.AllocSize = growStep
			return db, nil
		case errors.Is(err, berrors.ErrTimeout):
			return nil, ErrLocked
		case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
			return nil, fmt.Errorf("%w: %w", ErrForeign, err)
		case errors.Is(err, syscall.ENOMEM) && size > 0:
			// Limited address space (ulimit -v, small containers).
			if size /= 4; size < 64<<20 {
				size = 0
			}
		default:
			return nil, err
		}
	}
}

// begin reads what the store keeps in memory and creates what is missing.
func (s *Store) begin() error {
	if err := s.ensureFormat(); err != nil {
		return err
	}
	s.outbox = newLanes(s.now)
	return s.db.View(func(tx *bbolt.Tx) error {
		if err := s.names.load(tx); err != nil {
			return err
		}
		if err := s.loadHeld(tx); err != nil {
			return err
		}
		return s.outbox.load(tx, s.log)
	})
}

// ensureFormat creates the buckets of a new file and refuses what is not ours.
func (s *Store) ensureFormat() error {
	var format uint64
	err := s.db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			if name, _ := tx.Cursor().First(); name != nil {
				return ErrForeign
			}
			return nil
		}
		var err error
		if format, _, err = cutUvarint(meta.Get(metaFormat)); err != nil {
			return ErrForeign
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case format > currentFormat:
		return fmt.Errorf("%w (format %d, this program knows %d)", ErrNewer, format, currentFormat)
	case format > 0:
		for more := true; more; {
			if more, err = migrate(s.db, migrateRows, s.now()); err != nil {
				return err
			}
		}
		return nil
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range allBuckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta)
		if err := meta.Put(metaBorn, appendTime(nil, s.now())); err != nil {
			return err
		}
		return meta.Put(metaFormat, binary.AppendUvarint(nil, currentFormat))
	})
}

// Close finishes the turns that were handed in, writes the freelist, so that the
// next start need not scan the file, and lets go of the file. Calling it again does nothing.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return nil
	}
	s.closed = true
	s.closing.Unlock()
	close(s.stop)
	s.done.Wait()
	s.db.NoFreelistSync = false
	err := s.db.Update(func(tx *bbolt.Tx) error { return nil })
	return errors.Join(err, s.erasures.close(), s.db.Close())
}

// Path is the file's path.
func (s *Store) Path() string { return s.path }
