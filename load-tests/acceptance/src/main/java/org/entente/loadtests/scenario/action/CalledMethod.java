package org.entente.loadtests.scenario.action;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.ClusterGrpc;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.ConsoleGrpc;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.QuarantineGrpc;
import org.entente.proto.v1.ReleaseGrpc;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.entente.proto.v1.TaskingGrpc;
import org.entente.proto.v1.WatchGrpc;

/**
 * A method of the clients' protocol in which the client sends one request.
 *
 * @param descriptor its description
 */
public record CalledMethod(MethodDescriptor<Message, Message> descriptor) {
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          AttachmentsGrpc.getServiceDescriptor(),
          AuditGrpc.getServiceDescriptor(),
          BackupsGrpc.getServiceDescriptor(),
          CapGrpc.getServiceDescriptor(),
          ClusterGrpc.getServiceDescriptor(),
          ConsentGrpc.getServiceDescriptor(),
          ConsoleGrpc.getServiceDescriptor(),
          EvidenceGrpc.getServiceDescriptor(),
          IprProcedureGrpc.getServiceDescriptor(),
          KeysGrpc.getServiceDescriptor(),
          LinksGrpc.getServiceDescriptor(),
          OperationsGrpc.getServiceDescriptor(),
          PolicyToolsGrpc.getServiceDescriptor(),
          PublisherGrpc.getServiceDescriptor(),
          QuarantineGrpc.getServiceDescriptor(),
          ReleaseGrpc.getServiceDescriptor(),
          RequestsGrpc.getServiceDescriptor(),
          RetentionGrpc.getServiceDescriptor(),
          RiskGrpc.getServiceDescriptor(),
          SearchGrpc.getServiceDescriptor(),
          SubscriptionsGrpc.getServiceDescriptor(),
          TaskingGrpc.getServiceDescriptor(),
          WatchGrpc.getServiceDescriptor());

  private static final String PACKAGE = "entente.v1.";
  private static final String READS =
      "(Discover|Explain|Export|Follow|Lint|List|Open|Prove|Read|Related|Search|Show|Track|Watch).*";

  /** The method with this name, such as {@code Search/Open}. */
  @SuppressWarnings("unchecked")
  public static Optional<CalledMethod> named(String name) {
    return all()
        .filter(it -> it.getFullMethodName().equals(PACKAGE + name))
        .map(it -> new CalledMethod((MethodDescriptor<Message, Message>) it))
        .findFirst();
  }

  /** All names. */
  public static List<String> names() {
    return all().map(it -> it.getFullMethodName().substring(PACKAGE.length())).sorted().toList();
  }

  private static Stream<MethodDescriptor<?, ?>> all() {
    return SERVICES.stream()
        .flatMap(it -> it.getMethods().stream())
        .filter(it -> it.getType().clientSendsOneMessage());
  }

  /** Whether it changes nothing, so that it may be repeated. */
  public boolean reads() {
    return String.valueOf(descriptor.getBareMethodName()).matches(READS);
  }

  public boolean streams() {
    return !descriptor.getType().serverSendsOneMessage();
  }

  public Message.Builder request() {
    return empty(descriptor.getRequestMarshaller());
  }

  public Message.Builder answer() {
    return empty(descriptor.getResponseMarshaller());
  }

  private static Message.Builder empty(MethodDescriptor.Marshaller<Message> marshaller) {
    Message prototype = ((PrototypeMarshaller<Message>) marshaller).getMessagePrototype();
    return prototype.newBuilderForType();
  }
}
