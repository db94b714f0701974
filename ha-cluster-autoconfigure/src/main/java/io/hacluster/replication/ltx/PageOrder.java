package io.hacluster.replication.ltx;

/**
 * The order in which the pages of a file stand: strictly ascending, within the database,
 * never the lock page; in a snapshot without a gap.
 */
final class PageOrder {

	private final LtxHeader header;

	private final long lockPage;

	private long last;

	PageOrder(LtxHeader header) {
		this.header = header;
		this.lockPage = header.lockPage();
	}

	void next(long pgno, long offset) {
		if (pgno < 1 || pgno > this.header.commit()) {
			throw violation(pgno, offset, "is outside of the database of " + this.header.commit() + " pages");
		}
		if (pgno == this.lockPage) {
			throw violation(pgno, offset, "is the lock page, which no file holds");
		}
		if (pgno <= this.last) {
			throw violation(pgno, offset, "comes after page " + this.last);
		}
		if (this.header.isSnapshot() && pgno != successor()) {
			throw violation(pgno, offset, "comes where this snapshot must have page " + successor());
		}
		this.last = pgno;
	}

	void end(long offset) {
		if (this.header.isSnapshot() && successor() <= this.header.commit()) {
			throw new LtxFormatException("LTX snapshot is incomplete: its pages end at byte " + offset + " before page "
					+ successor() + " of " + this.header.commit());
		}
	}

	private long successor() {
		return (this.last + 1 == this.lockPage) ? this.last + 2 : this.last + 1;
	}

	private static LtxFormatException violation(long pgno, long offset, String what) {
		return new LtxFormatException("LTX page " + pgno + " at byte " + offset + " " + what);
	}

}
