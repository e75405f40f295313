/** Tests of the bridge to Kafka, with a broker in a process of its own. */
@NullMarked
package org.entente.gateway.kafka;

import org.jspecify.annotations.NullMarked;
