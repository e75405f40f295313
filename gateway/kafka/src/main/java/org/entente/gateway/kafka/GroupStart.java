package org.entente.gateway.kafka;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;

/**
 * Starts to read drafts with a consumer group that has offsets, and with another one only if a
 * person says that it is new.
 *
 * <p>A broker forgets the offsets of a group without members, by default after a week. The gateway
 * knows idempotency keys for a day. So a bridge that was stopped for longer would publish again all
 * that the topic keeps. A group that begins gets offsets at once: from then on it is not new. Used
 * by one thread.
 */
final class GroupStart {
  private final String group;
  private final boolean isNew;
  private boolean done;

  /**
   * A start that has not happened yet.
   *
   * @param isNew whether a person says that the group has read nothing
   */
  GroupStart(String group, boolean isNew) {
    this.group = group;
    this.isNew = isNew;
  }

  /**
   * Makes sure that the group has offsets in a topic. Later calls do nothing.
   *
   * @throws CommandFailure if a person must decide whether the group is new
   * @throws UsageError if the group is said to be new and is not
   */
  void with(Topics topics, String topic) throws InterruptedException {
    if (done) {
      return;
    }
    boolean known = topics.isRead(group, topic);
    if (known && isNew) {
      throw new UsageError(
          "--new-group: group \"%s\" has offsets in topic \"%s\"; leave the option out"
              .formatted(group, topic));
    }
    if (!known) {
      Map<TopicPartition, Long> oldest = topics.oldest(topic);
      if (!isNew && !oldest.equals(topics.ends(topic))) {
        throw new CommandFailure(
            ("group \"%s\" has no offsets in topic \"%s\", which has drafts: the group is new, or"
                    + " the broker has forgotten it. With --new-group all drafts in the topic are"
                    + " published, also those that were published more than a day ago")
                .formatted(group, topic));
      }
      topics.read(group, oldest);
    }
    done = true;
  }
}
