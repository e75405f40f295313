package org.entente.loadtests.chaos;

import java.util.Set;

/**
 * Entry of the publishers' journal: a gateway acknowledged a message for these recipients.
 *
 * @param key idempotency key, also part of the content
 * @param message id in hexadecimal
 */
record Acknowledgement(String key, String message, Set<String> recipients) {
  Acknowledgement {
    recipients = Set.copyOf(recipients);
  }
}
