package io.hacluster.samples.manager;

import org.springframework.boot.autoconfigure.SpringBootApplication;

import io.hacluster.autoconfigure.HaClusterApplication;

/**
 * The manager of a backend that owns a SQLite file. All that it does is configured in
 * {@code application.yml}. With a command as its first argument, it restores, verifies or
 * shows what the cluster has instead; {@code --help} lists the commands.
 */
@SpringBootApplication
public class ManagerApplication {

	public static void main(String[] args) {
		HaClusterApplication.run(ManagerApplication.class, args);
	}

}
