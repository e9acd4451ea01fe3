package main

import (
	"context"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jmoiron/sqlx"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"leasehold.example/leasehold"
)

const currentUser = "SELECT current_user"

// asked is how a library says who it is connected as.
type asked func(context.Context) (string, error)

// libraries are what the page shows, word for word, and a way to ask what that makes.
var libraries = map[string]func(context.Context) (asked, error){
	"pgxpool": func(ctx context.Context) (asked, error) {
		pool, err := leasehold.NewPool(ctx)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (user string, err error) {
			return user, pool.QueryRow(ctx, currentUser).Scan(&user)
		}, nil
	},
	"database/sql": func(ctx context.Context) (asked, error) {
		pool, err := leasehold.NewPool(ctx)
		if err != nil {
			return nil, err
		}
		db := pool.OpenDB()
		return func(ctx context.Context) (user string, err error) {
			return user, db.QueryRowContext(ctx, currentUser).Scan(&user)
		}, nil
	},
	"sqlx": func(ctx context.Context) (asked, error) {
		pool, err := leasehold.NewPool(ctx)
		if err != nil {
			return nil, err
		}
		db := sqlx.NewDb(pool.OpenDB(), "pgx")
		return func(ctx context.Context) (user string, err error) {
			return user, db.GetContext(ctx, &user, currentUser)
		}, nil
	},
	"GORM": func(ctx context.Context) (asked, error) {
		pool, err := leasehold.NewPool(ctx)
		if err != nil {
			return nil, err
		}
		db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool.OpenDB()}))
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (user string, err error) {
			return user, db.WithContext(ctx).Raw(currentUser).Scan(&user).Error
		}, nil
	},
	"Bun": func(ctx context.Context) (asked, error) {
		pool, err := leasehold.NewPool(ctx)
		if err != nil {
			return nil, err
		}
		db := bun.NewDB(pool.OpenDB(), pgdialect.New())
		return func(ctx context.Context) (user string, err error) {
			return user, db.NewRaw(currentUser).Scan(ctx, &user)
		}, nil
	},
	"ent": func(ctx context.Context) (asked, error) {
		pool, err := leasehold.NewPool(ctx)
		if err != nil {
			return nil, err
		}
		driver := entsql.OpenDB(dialect.Postgres, pool.OpenDB())
		return func(ctx context.Context) (user string, err error) {
			rows := &entsql.Rows{}
			if err := driver.Query(ctx, currentUser, []any{}, rows); err != nil {
				return "", err
			}
			defer rows.Close()
			return user, entsql.ScanOne(rows, &user)
		}, nil
	},
}
