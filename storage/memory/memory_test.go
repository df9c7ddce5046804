package memory_test

import (
	"testing"

	"maalem/storage/memory"
	"maalem/storage/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, c *storetest.Clock) storetest.Store { return memory.New(c.Now) })
}
