package io.hacluster.samples.lab;

import io.hacluster.samples.lab.HttpCalls.Answer;

/**
 * Short HTTP calls to processes that may have been killed.
 */
interface Http {

	Answer get(String url);

	Answer post(String url, String contentType, String body);

}
