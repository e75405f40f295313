/**
 * The bridge to Apache Kafka: {@code entente kafka}. A client of a gateway over the public calls
 * and of a broker, in a process of its own. Kafka's client is at home here and nowhere else.
 */
@NullMarked
package org.entente.gateway.kafka;

import org.jspecify.annotations.NullMarked;
