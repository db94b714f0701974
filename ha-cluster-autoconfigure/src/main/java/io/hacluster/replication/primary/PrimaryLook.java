package io.hacluster.replication.primary;

/**
 * What a round has found in the write-ahead log.
 */
enum PrimaryLook {

	/** It has not looked, because the next batch has to wait. */
	NONE,

	/** Nothing new. */
	IDLE,

	/** Something to ship. */
	BUSY

}
