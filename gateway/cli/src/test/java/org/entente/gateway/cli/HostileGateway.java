package org.entente.gateway.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The services of a gateway that checks nothing: every text of an answer is hostile, every list has
 * one element, and every other value is valid.
 */
final class HostileGateway extends HandlerRegistry {
  /** How many fields a oneof of an answer has at most. */
  static final int CHOICES = 4;

  private static final int DEPTH = 5;
  private static final long FUTURE_SECONDS = 1_900_000_000L;
  private static final int ID_BYTES = 16;

  private final Set<String> called = ConcurrentHashMap.newKeySet();
  private volatile Filling filling = new Filling("", 0);

  /**
   * Sets what later answers hold.
   *
   * @param text every text
   * @param choice which field of each oneof is set; flags are set where it is odd
   */
  void answer(String text, int choice) {
    filling = new Filling(text, choice);
    called.clear();
  }

  /** The methods called since then. */
  Set<String> called() {
    return called;
  }

  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String method, @Nullable String authority) {
    called.add(method);
    return service(method).getMethods().stream()
        .filter(one -> one.getFullMethodName().equals(method))
        .findFirst()
        .map(this::answering)
        .orElse(null);
  }

  private static ServiceDescriptor service(String method) {
    String path = method.substring(0, method.indexOf('/'));
    String generated = path.substring(path.lastIndexOf('.') + 1) + "Grpc";
    try {
      return (ServiceDescriptor)
          Class.forName(PublisherGrpc.class.getPackageName() + "." + generated)
              .getMethod("getServiceDescriptor")
              .invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(method, e);
    }
  }

  private ServerMethodDefinition<DynamicMessage, DynamicMessage> answering(
      MethodDescriptor<?, ?> known) {
    var types =
        ((ProtoMethodDescriptorSupplier) Objects.requireNonNull(known.getSchemaDescriptor()))
            .getMethodDescriptor();
    DynamicMessage empty = DynamicMessage.getDefaultInstance(types.getOutputType());
    MethodDescriptor<DynamicMessage, DynamicMessage> method =
        known.toBuilder(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(types.getInputType())),
                ProtoUtils.marshaller(empty))
            .build();
    boolean dialogue = known.getType() == MethodType.BIDI_STREAMING;
    return ServerMethodDefinition.create(
        method,
        ServerCalls.asyncBidiStreamingCall(
            (StreamObserver<DynamicMessage> out) ->
                dialogue ? new Dialogue(empty, out) : new Question(empty, out)));
  }

  /** Answers one request, or the only one, when all have come. */
  private class Question implements StreamObserver<DynamicMessage> {
    private final DynamicMessage empty;
    private final StreamObserver<DynamicMessage> out;

    Question(DynamicMessage empty, StreamObserver<DynamicMessage> out) {
      this.empty = empty;
      this.out = out;
    }

    @Override
    public void onNext(DynamicMessage request) {}

    @Override
    public void onError(Throwable failure) {
      // The client has gone.
    }

    @Override
    public void onCompleted() {
      send(filling);
      out.onCompleted();
    }

    final void send(Filling with) {
      out.onNext((DynamicMessage) with.of(empty.newBuilderForType(), DEPTH));
    }
  }

  /** Answers each request with every choice, as a subscriber waits for deliveries among others. */
  private final class Dialogue extends Question {
    Dialogue(DynamicMessage empty, StreamObserver<DynamicMessage> out) {
      super(empty, out);
    }

    @Override
    public void onNext(DynamicMessage request) {
      for (int choice = 0; choice < CHOICES; choice++) {
        send(new Filling(filling.text(), choice));
      }
    }
  }

  private record Filling(String text, int choice) {
    Message of(Message.Builder builder, int depth) {
      for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
        if (isSet(field, depth)) {
          Object value = value(builder, field, depth);
          if (field.isRepeated()) {
            builder.addRepeatedField(field, value);
          } else {
            builder.setField(field, value);
          }
        }
      }
      return builder.build();
    }

    private boolean isSet(FieldDescriptor field, int depth) {
      OneofDescriptor oneof = field.getContainingOneof();
      boolean chosen =
          oneof == null || oneof.getField(choice % oneof.getFieldCount()).equals(field);
      boolean tooDeep = depth == 0 && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      return chosen && !tooDeep && !field.isMapField() && !isNextPage(field);
    }

    /**
     * With a next page in each answer, a command would read pages without end. An export notices
     * that it is the same one.
     */
    private static boolean isNextPage(FieldDescriptor field) {
      boolean export = field.getContainingType().equals(ExportResponse.getDescriptor());
      return field.getName().equals("more")
          || (field.getName().startsWith("next")
              && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
              && !export);
    }

    private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
      return switch (field.getJavaType()) {
        case STRING -> text;
        case BYTE_STRING -> ByteString.copyFrom(new byte[ID_BYTES]);
        case BOOLEAN -> choice % 2 == 1;
        case INT -> 1;
        case LONG -> 1L;
        case FLOAT -> 1F;
        case DOUBLE -> 1D;
        case ENUM -> valid(field.getEnumType().getValues());
        case MESSAGE ->
            field.getMessageType().getFullName().equals("google.protobuf.Timestamp")
                ? Timestamp.newBuilder().setSeconds(FUTURE_SECONDS).build()
                : of(builder.newBuilderForField(field), depth - 1);
      };
    }

    private EnumValueDescriptor valid(List<EnumValueDescriptor> values) {
      return values.get(values.size() == 1 ? 0 : 1 + choice % (values.size() - 1));
    }
  }
}
