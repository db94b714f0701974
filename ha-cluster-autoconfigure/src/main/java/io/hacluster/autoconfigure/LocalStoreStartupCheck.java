package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Looks whether the directory of the local store can be used, and makes it if only its
 * last part is missing.
 */
final class LocalStoreStartupCheck implements StartupCheck {

	private final Path directory;

	LocalStoreStartupCheck(Path directory) {
		this.directory = directory.toAbsolutePath();
	}

	@Override
	public void run() {
		try {
			if (!Files.isDirectory(this.directory)) {
				Files.createDirectory(this.directory);
			}
			if (!Files.isWritable(this.directory)) {
				throw unusable("is not writable", null);
			}
		}
		catch (IOException ex) {
			if (!Files.isDirectory(this.directory)) {
				throw unusable("is missing and cannot be created", ex);
			}
		}
	}

	private StartupCheckException unusable(String what, @Nullable IOException cause) {
		return new StartupCheckException("The directory " + this.directory + " of the local store " + what + ".",
				"Create the directory and let the user of this application write to it, or correct "
						+ "'ha.cluster.local.directory'.",
				cause);
	}

}
