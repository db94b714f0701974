package io.hacluster.backend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * A JVM that runs a backend and is then killed by a test. Arguments: state directory and
 * command.
 */
final class BackendManagerProcess {

	private BackendManagerProcess() {
	}

	public static void main(String[] args) throws Exception {
		ProcessSettings settings = new ProcessSettings("child", List.of(args).subList(1, args.length), null, Map.of(),
				Path.of(args[0]));
		ProcessBackend backend = new ProcessBackend(new NodeIdentity("test", new NodeId("child"), "n"), settings);
		backend.start(Duration.ofSeconds(60));
		System.out.println("STARTED");
		new CountDownLatch(1).await();
	}

}
