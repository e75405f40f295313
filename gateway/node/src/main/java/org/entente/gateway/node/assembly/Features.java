package org.entente.gateway.node.assembly;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.feature.AuditExports;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.feature.assignment.AssignmentFeature;
import org.entente.gateway.feature.attachment.AttachmentFeature;
import org.entente.gateway.feature.cap.CapFeature;
import org.entente.gateway.feature.consent.ConsentFeature;
import org.entente.gateway.feature.ipr.IprFeature;
import org.entente.gateway.feature.operation.OperationFeature;
import org.entente.gateway.feature.operator.OperatorFeature;
import org.entente.gateway.feature.release.ReleaseFeature;
import org.entente.gateway.feature.report.ReportFeature;
import org.entente.gateway.feature.request.RequestFeature;
import org.entente.gateway.feature.risk.RiskFeature;
import org.entente.gateway.feature.search.SearchFeature;
import org.entente.gateway.feature.trace.TraceFeature;
import org.entente.gateway.feature.watch.WatchFeature;
import org.entente.gateway.intake.DraftHolder;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.intake.DraftHooks;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.link.AttachmentTransfer;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.retention.RecordExpiry;
import org.entente.gateway.rpc.ClientService;
import org.entente.gateway.trace.MessageTracer;

/** The features of a gateway, with all that they have registered. */
public final class Features implements Registry {
  /** All features. Their hooks may refuse a message or draft in this order. */
  public static List<Feature> all() {
    return List.of(
        new RequestFeature(),
        new ConsentFeature(),
        new OperationFeature(),
        new ReleaseFeature(),
        new AssignmentFeature(),
        new IprFeature(),
        new SearchFeature(),
        new CapFeature(),
        new AttachmentFeature(),
        new WatchFeature(),
        new RiskFeature(),
        new ReportFeature(),
        new OperatorFeature(),
        new TraceFeature());
  }

  private final GatewayParts parts;
  private final List<ReceptionHook> reception = new ArrayList<>();
  private final List<DraftHook> drafts = new ArrayList<>();
  private final List<ClientService> services = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();
  private final List<Runnable> expiring = new ArrayList<>();
  private final List<RecordExpiry.ExpiryPart> tables = new ArrayList<>();
  private final List<Runnable> ending = new ArrayList<>();
  private final List<Supplier<List<String>>> warnings = new ArrayList<>();
  private final List<Consumer<MessagePath>> later = new ArrayList<>();
  private Optional<DraftHolder> holder = Optional.empty();
  private IntakeParts.ConsentLookup consents = id -> List.of();
  private MessageTracer tracer = MessageTracer.OFF;
  private AttachmentTransfer attachments = AttachmentTransfer.NONE;
  private AuditExports exports =
      (client, account, cancelled, request) ->
          Result.refused(Code.NOT_FOUND, "", "this gateway does not export its audit log");

  /** What is done regularly. */
  public record Task(Duration period, String what, Runnable task) {}

  /** Wires features; {@link #built} goes on when their path exists. */
  public Features(GatewayParts parts, List<Feature> features) {
    this.parts = parts;
    features.forEach(feature -> feature.wire(this));
  }

  @Override
  public GatewayParts parts() {
    return parts;
  }

  @Override
  public void receive(ReceptionHook hook) {
    reception.add(hook);
  }

  @Override
  public void draft(DraftHook hook) {
    drafts.add(hook);
  }

  @Override
  public void hold(DraftHolder drafts) {
    holder = Optional.of(drafts);
  }

  @Override
  public void grant(IntakeParts.ConsentLookup lookup) {
    consents = lookup;
  }

  @Override
  public void trace(MessageTracer follower) {
    tracer = follower;
  }

  @Override
  public void export(AuditExports given) {
    exports = given;
  }

  @Override
  public void transfer(AttachmentTransfer given) {
    attachments = given;
  }

  @Override
  public void offer(ClientService service) {
    services.add(service);
  }

  @Override
  public void every(Duration period, String what, Runnable task) {
    tasks.add(new Task(period, what, task));
  }

  @Override
  public void beforeExpiry(Runnable task) {
    expiring.add(task);
  }

  @Override
  public void expire(RecordExpiry.ExpiryPart table) {
    tables.add(table);
  }

  @Override
  public void warn(Supplier<List<String>> more) {
    warnings.add(more);
  }

  @Override
  public void atEnd(Runnable task) {
    ending.add(task);
  }

  @Override
  public void whenBuilt(Consumer<MessagePath> wiring) {
    later.add(wiring);
  }

  List<ReceptionHook> receptionHooks() {
    return List.copyOf(reception);
  }

  List<RecordExpiry.ExpiryPart> expiringTables() {
    return List.copyOf(tables);
  }

  DraftHooks draftHooks() {
    return new DraftHooks(drafts, holder, tracer);
  }

  MessageTracer tracer() {
    return tracer;
  }

  IntakeParts.ConsentLookup consents() {
    return consents;
  }

  AttachmentTransfer attachments() {
    return attachments;
  }

  AuditExports exports() {
    return exports;
  }

  /** Goes on with wiring. */
  public void built(MessagePath path) {
    later.forEach(wiring -> wiring.accept(path));
  }

  /** The services on offer. */
  public List<ClientService> services() {
    return List.copyOf(services);
  }

  /** What is done regularly. */
  public List<Task> tasks() {
    return List.copyOf(tasks);
  }

  List<Runnable> expiring() {
    return List.copyOf(expiring);
  }

  void end() {
    ending.forEach(Runnable::run);
  }

  List<String> warnings() {
    return warnings.stream().flatMap(one -> one.get().stream()).toList();
  }
}
