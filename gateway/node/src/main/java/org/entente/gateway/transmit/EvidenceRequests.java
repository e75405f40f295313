package org.entente.gateway.transmit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.model.MessageId;

/**
 * Awaited answers to requests for evidence. This ledger may have lost evidence: it may be a
 * restored one, and older. So nothing is concluded from the absence of evidence about a message
 * that was accepted before this start until its recipient had {@link #WINDOW} to answer.
 *
 * <pre>
 * begin                            waits for its turn
 * the first request
 * after 30 s, 90 s, 210 s, 450 s   further ones, while the evidence is missing
 * after WINDOW                     the absence counts: a recipient that was not asked is not silent
 * </pre>
 *
 * <p>In memory only, and bounded: beyond {@value #MOST} messages and recipients, further ones begin
 * later, and are concluded later. After a restart all begin again. Times are milliseconds since
 * 1970. Safe for many threads.
 */
public final class EvidenceRequests {
  /** Messages in one request. */
  public static final int MOST_OF_A_REQUEST = 256;

  /** Between two requests to one recipient. */
  public static final Duration APART = Duration.ofSeconds(2);

  /** Time for a recipient to answer, with its own restart in it. */
  static final Duration WINDOW = Duration.ofMinutes(10);

  /** Messages and recipients of which an answer is awaited, about 10 MiB. */
  static final int MOST = 1 << 16;

  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);

  private final Map<Subject, Request> requests = new LinkedHashMap<>();
  private final Map<String, Long> lastTo = new HashMap<>();

  private record Subject(MessageId id, String recipient) {}

  private static final class Request {
    /** When it was sent first. */
    private long since;

    private int times;
    private long next;

    Request(long now) {
      next = now;
    }

    boolean isSent() {
      return times > 0;
    }

    void sent(long now) {
      since = isSent() ? since : now;
      next = now + (FIRST_WAIT.toMillis() << times);
      times++;
    }
  }

  /** When the absence of evidence counts, if its recipient is asked now at the latest. */
  synchronized long endOf(MessageId id, String recipient, long now) {
    Request request = requests.get(new Subject(id, recipient));
    return (request == null || !request.isSent() ? now : request.since) + WINDOW.toMillis();
  }

  /** Begins to ask; does nothing if that has begun, or too many answers are awaited. */
  synchronized void begin(MessageId id, String recipient, long now) {
    if (requests.size() < MOST) {
      requests.putIfAbsent(new Subject(id, recipient), new Request(now));
    }
  }

  /** Ends asking. */
  synchronized void end(MessageId id, String recipient) {
    requests.remove(new Subject(id, recipient));
  }

  /** The messages to ask about now, by recipient, as many as one request takes. */
  synchronized Map<String, List<MessageId>> due(long now) {
    Map<String, List<MessageId>> due = new TreeMap<>();
    requests.forEach(
        (subject, request) -> {
          if (request.next <= now && mayAsk(subject.recipient(), now)) {
            List<MessageId> some =
                due.computeIfAbsent(subject.recipient(), name -> new ArrayList<>());
            if (some.size() < MOST_OF_A_REQUEST) {
              some.add(subject.id());
              request.sent(now);
            }
          }
        });
    due.keySet().forEach(recipient -> lastTo.put(recipient, now));
    return due;
  }

  private boolean mayAsk(String recipient, long now) {
    Long last = lastTo.get(recipient);
    return last == null || Math.abs(now - last) >= APART.toMillis();
  }
}
