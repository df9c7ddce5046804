package main

import (
	"context"
	"errors"
)

func serve(ctx context.Context) error { return errors.New("x") }
