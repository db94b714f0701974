package io.hacluster.replication.level;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;

/**
 * Merges files of the log, and takes note of those that turn out to be unsound or gone.
 */
final class Merger {

	private static final Logger logger = LoggerFactory.getLogger(Merger.class);

	private final NodeIdentity identity;

	private final Staging staging;

	private final LogCatalog catalog;

	private boolean cleaned;

	Merger(NodeIdentity identity, Staging staging, LogCatalog catalog) {
		this.identity = identity;
		this.staging = staging;
		this.catalog = catalog;
	}

	/**
	 * Merges files.
	 * @param inputs the files, from the oldest to the newest
	 * @return the result, to be closed; empty if one of the files is unsound or gone, so
	 * that there has to be another plan
	 * @throws HaClusterException if that is not possible at the moment, or if told to
	 * stop
	 */
	Optional<StagedFile> merge(List<LogEntry> inputs) {
		try {
			if (!this.cleaned) {
				this.staging.clean();
				this.cleaned = true;
			}
			return Optional.of(this.staging.merge(inputs));
		}
		catch (UnsoundFileException ex) {
			this.catalog.unsound(ex.entry());
			logger.error("[{}] {}; a snapshot has to cover what it held", this.identity, ex.getMessage());
		}
		catch (FileNotFoundException ex) {
			this.catalog.forget();
			logger.debug("[{}] Lists the log anew: {}", this.identity, ex.getMessage());
		}
		catch (IOException ex) {
			throw new HaClusterException("Files of the log cannot be merged: " + ex.getMessage(), ex);
		}
		return Optional.empty();
	}

}
