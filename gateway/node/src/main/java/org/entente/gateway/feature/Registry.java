package org.entente.gateway.feature;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.intake.DraftHolder;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.link.AttachmentTransfer;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.retention.RecordExpiry;
import org.entente.gateway.rpc.ClientService;
import org.entente.gateway.trace.MessageTracer;

/**
 * Takes what features consist of. Hooks act in the order in which features are wired. Used by one
 * thread, while the gateway is built.
 */
public interface Registry {
  /** What features work with. */
  GatewayParts parts();

  /** Adds what the feature does with messages of other agencies. */
  void receive(ReceptionHook hook);

  /** Adds what the feature does with drafts of this agency's clients. */
  void draft(DraftHook hook);

  /** Sets what holds drafts that need a second person; without it they are refused. */
  void hold(DraftHolder holder);

  /** Sets where consents to onward transfer are found; without one there are none. */
  void grant(IntakeParts.ConsentLookup consents);

  /** Sets what follows messages; without it none is followed. */
  void trace(MessageTracer tracer);

  /**
   * Sets what exports the audit log for the console; without it the console refuses to search it.
   */
  void export(AuditExports exports);

  /** Sets what gives attachments to neighbours; without it none are given or taken. */
  void transfer(AttachmentTransfer attachments);

  /** Offers a service to clients. */
  void offer(ClientService service);

  /** Runs a task again and again, this long after its last end. */
  void every(Duration period, String what, Runnable task);

  /** Runs a task once an hour, before the keys of days that are over are destroyed. */
  void beforeExpiry(Runnable task);

  /** Adds a table whose records end with their time. */
  void expire(RecordExpiry.ExpiryPart table);

  /** Adds warnings for operators, read whenever they are shown. */
  void warn(Supplier<List<String>> warnings);

  /** Runs a task when the gateway ends. */
  void atEnd(Runnable task);

  /** Goes on with wiring when intake and delivery exist. */
  void whenBuilt(Consumer<MessagePath> wiring);
}
