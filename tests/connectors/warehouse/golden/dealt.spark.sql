(SELECT *, SUBSTRING(MD5(CAST(`user id` AS STRING)), 1, 3) AS `leadline_bucket` FROM `ab`.`units` WHERE CAST(`variant` AS STRING) = 'it\'s') AS `derived`
