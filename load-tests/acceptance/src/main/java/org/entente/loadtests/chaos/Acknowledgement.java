package org.entente.loadtests.chaos;

import java.util.Set;

/**
 * A line of the publishers' journal: a gateway said that it holds a message for these recipients.
 *
 * @param key idempotency key, which is in the content too
 * @param message id in hexadecimal
 */
record Acknowledgement(String key, String message, Set<String> recipients) {
  Acknowledgement {
    recipients = Set.copyOf(recipients);
  }
}
