package io.hacluster.samples.application;

import java.time.Clock;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

import io.hacluster.autoconfigure.HaClusterApplication;

/**
 * Keeps reminders, and sends them when they are due. Each node answers questions; only
 * the leader takes new reminders and sends them.
 */
@SpringBootApplication
@EnableScheduling
public class ReminderApplication {

	public static void main(String[] args) {
		HaClusterApplication.run(ReminderApplication.class, args);
	}

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

}
