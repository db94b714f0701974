package io.hacluster.replication.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ltx.LtxName;

/**
 * Reads which files the directory of a log holds. The offset of a file is its last
 * transaction.
 */
class LocalListing {

	private final LocalDirectory directory;

	LocalListing(LocalDirectory directory) {
		this.directory = directory;
	}

	List<LogEntry> all() throws IOException {
		List<LogEntry> entries = new ArrayList<>();
		for (int level = LtxName.LEVEL_BATCH; level <= LtxName.LEVEL_SNAPSHOT; level++) {
			for (LtxName name : names(level)) {
				entry(name).ifPresent(entries::add);
			}
		}
		return entries;
	}

	/**
	 * Reads the names of one level; temporary and foreign files are passed over.
	 */
	List<LtxName> names(int level) throws IOException {
		List<LtxName> names = new ArrayList<>();
		for (Path child : LocalDirectory.children(this.directory.level(level))) {
			LtxName.parse("ltx/" + level + "/" + child.getFileName()).ifPresent(names::add);
		}
		names.sort(null);
		return names;
	}

	Optional<LogEntry> entry(LtxName name) throws IOException {
		try {
			BasicFileAttributes attributes = Files.readAttributes(this.directory.file(name), BasicFileAttributes.class);
			if (!attributes.isRegularFile()) {
				return Optional.empty();
			}
			return Optional.of(new LogEntry(name, attributes.size(), attributes.lastModifiedTime().toInstant(),
					new LogOffset(name.maxTxid())));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
	}

	long lastBatch() throws IOException {
		return names(LtxName.LEVEL_BATCH).stream().mapToLong(LtxName::maxTxid).max().orElse(0);
	}

}
