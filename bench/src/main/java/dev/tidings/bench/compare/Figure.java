package dev.tidings.bench.compare;

/// Where figures stand in the lines of the load generator.
final class Figure {
  static final String DELIVERIES = "deliveriesPerSecond";

  /// Of the load beside the measured one.
  static final String BESIDE = "beside.deliveriesPerSecond";

  static final String OKS = "okPerSecond";
  static final String CPU = "serverCpuMicrosPerDelivery";
  static final String CPU_PER_SEND = "serverCpuMicrosPerSend";
  static final String DELIVERY_P50 = "deliveryMicros.p50";
  static final String DELIVERY_P99 = "deliveryMicros.p99";
  static final String OK_P50 = "okMicros.p50";
  static final String OK_P99 = "okMicros.p99";
  static final String LOST = "counts.lost";
  static final String SERVER_PERCENT = "serverCpuPercent";
  static final String LOAD_PERCENT = "loadCpuPercent";
  static final String OTHER_PERCENT = "otherCpuPercent";
  static final String STOLEN_PERCENT = "stolenCpuPercent";
  static final String KIB = "kibPerConnection";
  static final String CONNECT_SECONDS = "secondsToConnect";
  static final String CONNECT_CPU = "serverCpuMicrosPerConnect";

  private Figure() {}
}
