package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The way to a gateway's admin port. */
@FunctionalInterface
public interface AdminPort {
  /**
   * An answer over HTTP.
   *
   * @param status HTTP status
   * @param body its text
   */
  record Answer(int status, String body) {}

  /**
   * Gets a page.
   *
   * @param path such as {@code /readyz}
   * @throws IOException if nothing answers, or not in HTTP
   */
  Answer get(InetSocketAddress at, String path) throws IOException;
}
